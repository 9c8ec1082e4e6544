"""What programs print and tell, heard by a second control client."""
