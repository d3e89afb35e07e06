Component({ properties: { for: String } });
