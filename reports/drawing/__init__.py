"""Maps and charts as shapes; every module is pure."""
