Component({ properties: { itemId: String } });
