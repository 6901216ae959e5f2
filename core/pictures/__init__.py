"""Any picture made into network input: decoded, cut, turned to ink, resized."""
