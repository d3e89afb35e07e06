"""WeChat's side: envelope, messages, replies and the one gateway to its API.

The only room that imports wechatpy; it knows nothing of schools, stores or jobs.
"""
