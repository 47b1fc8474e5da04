"""Nhập – duyệt: figures that one person enters by hand and another approves."""
