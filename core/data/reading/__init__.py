"""Reading what people have: from a folder, zip, table or array file to pictures and labels, believing nothing."""
