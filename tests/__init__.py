"""The tests: the tree of the program mirrored, flows/ with a story a file, browser/ and bench/."""
