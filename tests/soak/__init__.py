"""Whether weeks of work leave anything behind: the same rounds again and again, and a count of what there is after."""
