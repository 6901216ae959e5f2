"""Numbers and pictures made into figures; nothing of Streamlit."""
