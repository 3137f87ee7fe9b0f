"""The rota as people look at it: sheets of people and days, calendar feeds, spreadsheets, paper."""
