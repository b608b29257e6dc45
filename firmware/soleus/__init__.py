"""Soleus: the firmware of compression boots, on the device and on the host."""
