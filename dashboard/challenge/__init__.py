"""A challenge of the class: begun and ended by the teacher, entered by everybody, its board."""
