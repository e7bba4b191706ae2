// Linked into the thread sanitizer's test run only; see mutex.c. It declares nothing: the functions replace those of the standard library.
