# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of ``train``; the story is told in ``train.py``, the parts are listed in the order in which it meets them.

``arguments`` (the command line), ``devices`` (CPU, GPUs, precision), ``start`` (weights to begin with),
``scene_places`` (the user's own products), ``state`` (network, average, optimiser: one step), ``validation`` (held-out
places), ``budget`` (wall time or steps, learning rate), ``feed`` (chips made while the network trains), ``loss``,
``best`` (weights to keep, when to stop), ``checkpoint``, ``journal`` (what is shown and logged), ``adaptation`` (did it
help). ``card_network`` reads teachers, ``mean_of_views`` serves ``export``.
"""
