"""The console at a desk (管理后台): pages for staff, signed in by a QR; each page names the right it needs."""
