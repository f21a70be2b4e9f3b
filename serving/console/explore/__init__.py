"""Charts that can be explored: the data beside a drawing, and the library that draws them."""
