"""Who must be told by phone while a channel is out: deadlines that reached nobody."""
