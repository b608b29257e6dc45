"""What leads a person through: choosing, questions, and what to do next. All of it at rest."""
