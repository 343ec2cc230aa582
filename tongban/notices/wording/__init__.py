"""The words of notices as operators may edit them, checked before they are kept."""
