"""The files of Schoolgate's second reader, which `classifiers.scoring.onnx_scorer` of the program runs."""
