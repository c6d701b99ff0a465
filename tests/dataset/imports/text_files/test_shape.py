"""CSV and Excel files as people have them: how they are cut into cells, and what a file is."""

import bz2
import gzip
import io
import lzma
import zipfile

import pandas as pd
import pytest

from metadata_files import DAY, rows
from samples import NAMES, values

# Spellings of files


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_separators_are_recognised(dataset, update, sep):
    update(rows("1", f'"a{sep}b"', sep=sep))
    assert values(dataset)[:2] == ["1", f"a{sep}b"]


@pytest.mark.parametrize("sep", [";", "\t", "|"])
def test_a_decimal_comma_is_recognised(dataset, update, sep):
    report = update(rows("1,5", "2", "-0,125", sep=sep))
    assert values(dataset)[:3] == [1.5, 2.0, -0.125]
    assert report.notes == ("numbers with a decimal comma were read in 'x'",)


@pytest.mark.parametrize(
    ("text", "options", "number"),
    [
        (rows('"1,5"'), {"decimal": ","}, 1.5),
        (rows("1,234", sep=";"), {"decimal": ","}, 1.234),
        (rows("1,234", sep=";"), {"thousands": ","}, 1234),
        (rows("1.234,5", sep=";"), {"decimal": ",", "thousands": "."}, 1234.5),
    ],
)
def test_commas_that_may_mean_either_stay_text_and_the_option_is_named(
    dataset, update, text, options, number
):
    report = update(text)
    assert dataset.schema["x"] == "string"
    advised = ", " if len(options) == 2 else " or "
    second = options.get("thousands", ",") if len(options) == 2 else ","
    assert f"stay text in 'x': pass decimal=','{advised}thousands={second!r}" in repr(report)
    dataset.drop_metadata("x")
    update(text, **options)
    assert values(dataset)[0] == number


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_read(dataset, update, encoding):
    update(rows("é", "ü").encode(encoding))
    assert values(dataset)[:2] == ["é", "ü"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_to_be_named(dataset, update, encoding):
    text = rows("é", "ü" * 10).encode(encoding)
    named = encoding if encoding.startswith("utf") else "cp1252"
    with pytest.raises(ValueError, match=f"name its encoding, as in encoding='{named}'"):
        update(text)
    update(text, encoding=encoding)
    assert values(dataset)[0] == "é"


def zipped(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("rows.csv", data)
    return file.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zipped])
def test_packed_files_are_read(dataset, update, pack):
    update(pack(rows("1").encode()))
    assert values(dataset)[0] == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines_are_alike(dataset, update, end):
    update(rows("1", "2").replace("\n", end))
    assert values(dataset)[:2] == [1, 2]


def test_a_saved_index_is_left_out_with_a_word(dataset, update):
    frame = pd.DataFrame({"file_name": NAMES[:2], "x": [1, 2]})
    for text in frame.to_csv(), frame.reset_index(names="Unnamed: 0").to_csv(index=False):
        report = update(text)
        assert dataset.schema == {"x": "integer"}
        assert "left out 'Unnamed: 0': a column without a name" in repr(report)


def test_spaces_around_names_go(dataset, update):
    update("file_name , x , y z\n0.jpg,1, 2\n")
    assert dataset.schema == {"x": "integer", "y z": "integer"}


def test_two_columns_of_one_name_are_refused(update):
    with pytest.raises(ValueError, match="several columns are named 'x'"):
        update("file_name,x, x\n0.jpg,1,2\n")


@pytest.mark.parametrize("place", range(4))
def test_a_row_with_too_many_cells_costs_no_other(dataset, update, place):
    lines = [f"{name},{row}" for row, name in enumerate(NAMES)]
    lines[place] += ",9"
    report = update("\n".join(["file_name,x", *lines]))
    assert values(dataset) == [None if row == place else row for row in range(6)]
    assert f"1 row left out with more cells than the header: line {place + 2}" in repr(report)


@pytest.mark.parametrize("mark", ["sep=;\n", '"sep=;"\r\n', "SEP=;\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_line_that_tells_excel_the_separator_is_no_row(dataset, update, mark, encoding):
    update((mark + rows("1,5", "2", sep=";")).encode(encoding))
    assert dataset.df["x"].tolist()[:2] == [1.5, 2.0]


def test_a_separator_at_the_end_of_each_row_is_no_cell(dataset, update):
    update("file_name,x\n0.jpg,1,\n1.jpg,2,\n")
    assert values(dataset)[:2] == [1, 2]


def test_names_of_rows_without_a_header_are_no_column(dataset, update):
    update('"file_name" "x"\n"1" "0.jpg" 5\n"2" "1.jpg" 6\n', sep=" ")
    assert values(dataset)[:2] == [5, 6]


# What a file is


def parquet(path):
    pd.DataFrame({"file_name": NAMES}).to_parquet(path)


FILES = {
    "parquet": (parquet, "is a Parquet file: use update_metadata_from_parquet"),
    "records": (lambda path: path.write_text('[\n {"file_name": "0.jpg"}]'), "is a JSON file: use"),
    "mapping": (lambda path: path.write_text('{"0.jpg": {"x": 1}}'), "is a JSON file: use"),
    "page": (lambda path: path.write_text("\n<!DOCTYPE html><p>log in"), "is an HTML page"),
    "xml": (lambda path: path.write_text("<?xml version='1.0'?><a/>"), "is an XML file"),
    "xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(99)), "before 2007"),
    "pointer": (lambda path: path.write_text("version https://git-lfs.github.com/"), "lfs pull"),
    "broken": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(99)), "damaged or incomplete"),
    "image": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"), "is an image"),
}  # fmt: skip


@pytest.mark.parametrize(("write", "message"), FILES.values(), ids=FILES)
def test_a_file_of_another_kind_is_named(dataset, tmp_path, write, message):
    write(tmp_path / "rows.csv")
    with pytest.raises(ValueError, match=rf"rows\.csv is .*{message.removeprefix('is ')}"):
        dataset.update_metadata_from_csv(tmp_path / "rows.csv")


def test_two_files_in_an_archive_are_not_guessed_at(update):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    with pytest.raises(ValueError, match="a zip archive of several files"):
        update(file.getvalue())


def test_a_table_for_another_import_is_named(dataset, tmp_path):
    parquet(tmp_path / "rows.json")
    with pytest.raises(ValueError, match="use update_metadata_from_parquet"):
        dataset.update_metadata_from_json(tmp_path / "rows.json")
    (tmp_path / "rows.parquet").write_text('[{"file_name": "0.jpg"}]')
    with pytest.raises(ValueError, match="use update_metadata_from_json"):
        dataset.update_metadata_from_parquet(tmp_path / "rows.parquet")


# Excel

FRAME = pd.DataFrame(
    {
        "file_name": NAMES[:3],
        " n ": [1, 2, None],
        "code": ["007", "NA", None],
        "when": [DAY, None, DAY],
        "flag": [True, None, False],
        "mixed": [1, "x", 2.5],
    }
)


def test_excel_cells_have_their_types(dataset, tmp_path):
    pytest.importorskip("openpyxl")
    dataset.update_metadata({2: {"code": "old"}})
    FRAME.to_excel(tmp_path / "rows.xlsx")
    report = dataset.update_metadata_from_excel(tmp_path / "rows.xlsx")
    assert dataset.schema == {
        "code": "string", "n": "integer", "when": "datetime", "flag": "boolean", "mixed": "string",
    }  # fmt: skip
    assert values(dataset, "code")[:3] == ["007", "NA", "old"]
    assert values(dataset, "n")[:3] == [1, 2, None]
    assert values(dataset, "when")[:3] == [DAY, None, DAY]
    assert values(dataset, "mixed")[:3] == ["1", "x", "2.5"]
    assert "left out 'Unnamed: 0'" in repr(report)


def test_excel_files_are_named_for_what_they_are(dataset, tmp_path):
    pytest.importorskip("openpyxl")
    FRAME.to_excel(tmp_path / "rows.xlsx")
    for update in dataset.update_metadata_from_csv, dataset.update_metadata_from_json:
        with pytest.raises(ValueError, match="is an Excel file: use update_metadata_from_excel"):
            update(tmp_path / "rows.xlsx")
    (tmp_path / "rows.xlsx").write_text(rows("1"))
    with pytest.raises(ValueError, match="is no Excel file: update_metadata_from_csv reads text"):
        dataset.update_metadata_from_excel(tmp_path / "rows.xlsx")


def test_options_of_an_excel_file(dataset, tmp_path):
    pytest.importorskip("openpyxl")
    with pd.ExcelWriter(tmp_path / "rows.xlsx") as writer:
        FRAME.iloc[:0].to_excel(writer, sheet_name="empty", index=False)
        FRAME.to_excel(writer, sheet_name="labels", index=False)
    path = tmp_path / "rows.xlsx"
    dataset.update_metadata_from_excel(path, sheet_name="labels", dtype={"n": str}, na_values="NA")
    assert values(dataset, "n")[:2] == ["1", "2"]
    assert values(dataset, "code")[:2] == ["007", None]
    with pytest.raises(TypeError, match="name one sheet"):
        dataset.update_metadata_from_excel(path, sheet_name=None)


def test_without_openpyxl_it_is_named(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("framegrid.dataset.imports.excel.find_spec", lambda _: None)
    with pytest.raises(ImportError, match="needs openpyxl: pip install openpyxl"):
        dataset.update_metadata_from_excel(tmp_path / "rows.xlsx")
