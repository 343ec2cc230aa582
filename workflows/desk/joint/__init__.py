"""虚拟综窗: pages of the sessions in which papers are looked at by video."""
