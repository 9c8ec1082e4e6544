"""What a program tells the person through its terminal."""
