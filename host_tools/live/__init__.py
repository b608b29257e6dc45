"""`soleus live`: what a machine does, on a page in the browser, while it does it."""
