"""TikTok's official APIs, which want credentials: off until the owner names them.

sources         what is asked of them, within what they allow in a day
ad_library, research    the two that are asked
client          how both are asked: the token, the envelope
credentials     the secret, kept by Parameter Store
quota           what they allow, counted across all workers
"""
