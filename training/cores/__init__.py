"""Training without a GPU: a process for each processor core, and one model in memory they share.

Processors with matrix units (Intel's AMX) multiply in bf16 many times as fast as in float32; what
is left is to keep them at it. Each process works through batches of its own and adds to
gradients of its own; then each updates its own part of the weights by everyone's gradients, where
all see it. Nothing is copied between them.
"""
