r"""Inventories as tables: what a sheet and its columns are called, and how a value stands in a cell. By the schema.

**Tables.** A workbook has a sheet for each kind of component (or one sheet ``components`` with a column ``kind``), one
for each list of the inventory (``tenants``, ``sites``, ``links``, ``applications``), one with a single row for each
mapping (``customer``, ``provider``, ``contacts``, ``order``, ``build_inputs``), one for each list of mappings inside
these (``customer.contacts``), and ``inventory`` with a single row for what is left (``schema``, ``service``). A CSV file
is one table of components, each with its ``kind`` or of the kind that the file is called after. A sheet, a column and a
row whose first value begins with ``#`` are remarks. Where the kinds of components alternate, a column ``position`` keeps
their order.

**Columns** are called after the last part of the property's JSON pointer (``family``); where a table has two of that
name, by the whole way (``restore.procedure``, ``support_contract.ends``). The whole way, the schema's title and its
French translation are understood too. A heading that begins with ``/`` is a JSON pointer, for what the schema does not
know.

**Cells.** Empty: the property is absent. Lists of words are joined by ``; `` (``\;`` is a semicolon inside a word).
True and false, whole numbers and dates stand as the spreadsheet has them; in text also ``oui/non``, ``vrai/faux``, a
decimal comma and dates as day/month/year, which the report mentions. What a column cannot hold otherwise (an empty
list, text where a number belongs) is written as JSON behind ``json:``. Text that a spreadsheet would execute, or that
begins like a mark of ours, gets an apostrophe, which reading takes away.
"""
