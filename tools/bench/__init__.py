"""What `make bench` is made of: contestants, measurements, and the report of them."""
