"""Questions to the database that Django has no word for."""

import json

from django.db.models import Lookup


class Among(Lookup):
    """`pk__among=[…]`: as `in`, for thousands of whole numbers in one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self):
        return sorted(self.rhs)

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        keys = ",".join(map(str, self.rhs))
        return f"{column} = ANY(%s::bigint[])", (*params, f"{{{keys}}}")
