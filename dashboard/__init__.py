"""How it is shown: the frame, forms, charts, pictures, live view. Streamlit yes, Keras never."""
