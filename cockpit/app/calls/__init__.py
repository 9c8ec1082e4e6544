"""What programs want of the person: notifications, bells, progress, and what went unseen."""
