"""The two clocks of a case: when it is due, and how long nothing has moved; and the policies that set them."""
