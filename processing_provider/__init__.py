# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing provider ``satsharp`` and its algorithms."""
