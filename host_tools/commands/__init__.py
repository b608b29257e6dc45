"""What `soleus` can do: one module for each group of commands."""
