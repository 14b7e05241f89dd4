"""What decides a verdict, a state or a warning; every module is pure, without a database."""
