"""One value followed: from where it comes to where it ends."""
