"""The Experiments page: questions that many runs answer, asked, followed and answered."""
