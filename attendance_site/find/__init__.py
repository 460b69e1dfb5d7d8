"""Find pupils, groups, pages and colleagues from any page, within what a person may see."""
