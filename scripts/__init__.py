# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command ``./dev`` needs besides the shell; not part of the plugin's ZIP."""
