"""What work costs a chip, measured on the chip: any board with MicroPython, without boots, without Soleus."""
