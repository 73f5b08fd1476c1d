"""One deed for many tickets: chosen, confirmed, done one by one, stopped and gone on with."""
