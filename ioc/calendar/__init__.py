"""The working calendar of a province: which days and hours are worked, when a deadline falls, which period a day belongs to."""
