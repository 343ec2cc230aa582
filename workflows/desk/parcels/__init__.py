"""Parcels 邮寄交接: what is to send, on the road, to sign for."""
