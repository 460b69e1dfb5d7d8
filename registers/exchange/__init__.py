"""Files of other systems, brought to the layout that an import reads (docs/setting-up/import.md).

`read/` opens files, `map/` finds out what their columns and words mean, `marks/` knows the shapes
of marks: none of these writes anything to the database. `registers.exchange.importing` does.
"""
