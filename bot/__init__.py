"""The official account's conversation: rules, commands, dialogs and every sentence it says.

Calls services and nothing beside them; knows neither HTTP nor the job queue.
"""
