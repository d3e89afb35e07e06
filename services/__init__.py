"""The verbs: async functions with the context first.

The only room that joins rules, stores, queue and WeChat; it knows neither HTTP nor a driver.
"""
