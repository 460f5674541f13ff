"""What kind of value something is: types, classes, their fields and objects."""
