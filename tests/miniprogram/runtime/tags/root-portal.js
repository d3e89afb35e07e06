Component({ properties: { enable: Boolean } });
