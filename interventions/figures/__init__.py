"""The figures of pupils one by one, and the year as a grid."""
