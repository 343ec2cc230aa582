import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries

from tongban.accounts.models import User
from tongban.accounts.personal import EncryptedTextField, UnreadablePersonalData, blind_index

from .conftest import LIU_ID, LIU_PHONE


def stored(user: User, column: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM accounts_user WHERE id = %s', [user.pk])  # noqa: S608
        value: str | None = cursor.fetchone()[0]
    return value


def test_the_row_reads_as_typed_and_the_table_holds_no_clear_number(liu: User) -> None:
    again = User.objects.get(pk=liu.pk)
    assert (again.id_number, again.phone) == (LIU_ID, LIU_PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT u::text FROM accounts_user u")
        row = cursor.fetchone()[0]
    assert LIU_ID not in row
    assert LIU_PHONE not in row


def test_nothing_stays_nothing(liu: User) -> None:
    User.objects.filter(pk=liu.pk).update(phone=None, id_number="")
    assert (stored(liu, "phone"), stored(liu, "id_number")) == (None, "")
    again = User.objects.get(pk=liu.pk)
    assert (again.phone, again.id_number) == (None, "")
    assert User.objects.filter(phone__isnull=True).exists()


def test_a_value_moved_to_another_column_does_not_open(liu: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET phone = id_number")
    with pytest.raises(UnreadablePersonalData):
        User.objects.get(pk=liu.pk)


@pytest.mark.parametrize("lookup", ["id_number", "id_number__in", "phone__contains", "phone__lt"])
@pytest.mark.django_db
def test_a_search_in_a_sealed_column_names_the_index_to_use(lookup: str) -> None:
    with pytest.raises(FieldError, match="blind_index"):
        User.objects.filter(**{lookup: ["5"]}).exists()


def test_people_are_found_by_the_blind_index(liu: User) -> None:
    index = blind_index(" 50010119880312002x ", "id_number")
    assert User.objects.get(id_number_index=index) == liu
    assert User.objects.get(phone_index=blind_index("+86 164-0000-0001", "phone")) == liu


def test_many_at_once_have_their_indexes_too(db: None) -> None:
    User.objects.bulk_create([User(username="zhang", name="张强", phone="16400000002")])
    assert User.objects.filter(phone_index=blind_index("16400000002", "phone")).exists()


def test_a_new_phone_takes_its_index_along_even_when_saved_alone(liu: User) -> None:
    liu.phone = "16400000009"
    liu.save(update_fields=["phone"])
    assert User.objects.filter(phone_index=blind_index("16400000009", "phone")).exists()
    liu.phone = None
    liu.save()
    assert stored(liu, "phone_index") is None


def test_saving_somebody_whose_number_was_not_read_keeps_the_index(
    liu: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    half = User.objects.defer("phone", "id_number").get(pk=liu.pk)
    half.name = "刘雪"
    with django_assert_num_queries(1):
        half.save()
    assert User.objects.get(phone_index=blind_index(LIU_PHONE, "phone")).name == "刘雪"


@isolate_apps("tests")
def test_a_sealed_column_refuses_an_index_and_keeps_its_old_place_when_renamed() -> None:
    class Person(models.Model):
        number = EncryptedTextField(unique=True)
        renamed = EncryptedTextField(purpose="tests.person.old_name")

        class Meta:
            app_label = "tests"

        def __str__(self) -> str:
            return ""

    number, renamed = Person._meta.get_field("number"), Person._meta.get_field("renamed")
    assert "accounts.E001" in {problem.id for problem in number.check()}
    assert isinstance(renamed, EncryptedTextField)
    assert renamed.purpose == "tests.person.old_name"
    _, path, args, kwargs = renamed.deconstruct()
    assert path == "tongban.accounts.personal.EncryptedTextField"
    assert EncryptedTextField(*args, **kwargs).purpose == renamed.purpose
