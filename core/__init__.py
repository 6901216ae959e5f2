"""What is true: data, training, runs and their evaluation. No Streamlit, no drawing."""
