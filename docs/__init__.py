"""What a reader needs: tutorial, how-to, reference made from the code, explanation."""
