"""An Excel sheet on its way in: comparing, the preview, writing, marking what was refused."""
