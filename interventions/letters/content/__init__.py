"""What a letter says: figures, sentences, charts, as plain values. No Django here."""
